"""Peruvian names, cars and cities, commonest first."""

from __future__ import annotations

from devtools.demo.lexicon import Lexicon, car_table, lookup_table, surname_table, word_table

SURNAMES = """
Quispe Flores Sánchez García Rodríguez Mamani Rojas Díaz Chávez Torres Ramos Huamán Mendoza Castillo López
Vásquez Espinoza Gonzales Ramírez Pérez Vargas Condori Fernández Cruz Gutiérrez Castro Salazar Silva Ruiz
Romero Ortiz Reyes Martínez Herrera Morales Vega Delgado Guerrero Medina Campos Choque Cárdenas Aguilar
Villanueva Salas Valdivia Gómez Rivera Carrasco Bautista Núñez Alvarado Paredes Peña Zapata Cabrera Ríos
Aguirre Carrillo Muñoz Soto Valencia Navarro Acosta Cáceres Palomino Ccama Apaza Cahuana Huanca Ticona
Chambi Calderón Quiroz Córdova Jiménez Ayala Miranda León Bravo Cueva Bustamante Ponce Palacios Saavedra
Sandoval Tello Benites Pacheco Zúñiga Hidalgo Meza Arias Alarcón Luna Ochoa Poma Rosales Ventura Cornejo
Ramón Lozano Montoya Santos Escobar Velásquez Solís Chumpitaz Pizarro Sosa Yupanqui Chuquillanqui Inga
Julca Lazo Mejía Contreras Cisneros Arce Galindo Gamarra Tapia Hurtado Landa Linares Llanos Loayza
Maldonado Marín Mayta Molina Mori Nina Ñahui Olivera Oré Ordóñez Orellana Pachas Padilla Panduro Pari
Pinedo Pinto Ramal Rengifo Robles Rosas Rubio Salcedo Samaniego Serrano Sotelo Suárez Tafur Tarazona
Trujillo Ugarte Urbina Uribe Valdez Valverde Vera Vilca Villegas Vílchez Yataco Zamora Zárate Zavala
Zegarra Arroyo Asto Ávila Ayquipa Baldeón Barrios Becerra Bellido Berrocal Blas Caballero Calle Camacho
Canales Cano Cárdenas Carhuas Carpio Ccallo Cerna Chipana Churampi Coaquira Colque Coronel Cotrina Cubas
Cusi Dávila Dextre Domínguez Durand Escalante Estrada Fajardo Farfán Figueroa Fuentes Gálvez Gallardo
Garay Gil Granados Guevara Guzmán Huarcaya Huaranga Huaroto Huayta Ibáñez Infante Izquierdo Jara Jaramillo
Layme Laura Leiva Leyva Limachi Loarte Machaca Machuca Mallqui Manrique Mariños Márquez Matos Melgarejo
Melo Mestanza Monzón Mora Moreno Murillo Naupari Neyra Nieto Obregón Ojeda Olaya Olivares Ortega Pajuelo
Palma Pariona Pastor Peralta Pilco Polo Portal Portocarrero Prado Puma Quintana Quinto Quiñones Ramírez
Rivas Rivadeneyra Roca Roldán Roque Salvador Sarmiento Segura Sifuentes Siancas Sulca Supo Taipe Timaná
Tito Tolentino Tuesta Turpo Uceda Urquizo Valladares Vallejos Velarde Vera Vidal Villafuerte Villalobos
Villar Yarlequé Yauri Zambrano Zevallos Zorrilla
"""
COMPOUND = """
De_la_Cruz De_la_Cruz De_la_Cruz De_la_Cruz Del_Águila Del_Águila De_la_Torre De_los_Santos Del_Castillo
La_Rosa De_la_Rosa San_Martín La_Torre Del_Carpio Ponce_de_León De_los_Ríos La_Madrid Del_Pino Del_Solar
De_la_Vega
"""
ROOTS = """
Cca Ccori Chuqui Condor Curi Huaman Huanca Huara Hualpa Inca Llam Mallma Mayhu Ninahu Paucar Pacca Pumac
Quill Ramu Rimac Sull Sunc Ticll Vilca Yana Yauri Yup Cusi Achu Chali Soto Anco Layma Carhua
"""
ENDINGS = "huari mayta chaqui pata huanca yanqui poma ccahua cusi tupa rimachi llanca sulca runa ri ni"

MEN = """
José Luis Juan Carlos Jorge Víctor César Miguel Pedro Manuel Julio Jesús Raúl Edwin Henry Marco Óscar
David Daniel Walter Edgar Javier Ronald Ángel Fernando Ricardo Eduardo Jhon Percy Wilmer Christian Alex
Roberto Martín Hugo Antonio Richard Freddy Alberto Rubén Alfredo Félix Franklin Elmer Kevin Jhonatan Bryan
Anthony Diego Luis Enrique Róger Santos Segundo Willy Wilder Wilson Efraín Elvis Erick Frank Gabriel
Gerson Gilmer Guillermo Gustavo Héctor Hernán Ismael Iván Jaime Jean Jefferson Jerson Jimmy Joel Johnny
Jonathan Josué Julián Leonardo Lenin Leoncio Lucio Mario Máximo Michael Moisés Nelson Nilton Orlando Pablo
Paul Rafael Ramiro Renzo Robinson Rodolfo Rolando Rómulo Samuel Saúl Sergio Teófilo Tomás Vladimir Wálter
William Yeison Yerson Yonatan Abel Abraham Adrián Alan Alejandro Américo Andrés Aníbal Armando Arturo
Benito Bernardo Claudio Cristhian Darwin Denis Dionicio Edison Eleuterio Emerson Ernesto Eusebio Fidel
Fortunato
"""
MEN_SECOND = """
Antonio Alberto Carlos Luis Enrique Manuel Ángel Jesús Alexander Eduardo Martín David Daniel Miguel
Fernando Javier Augusto César Alfredo Andrés Arturo Francisco Iván Josué Junior Raúl Ricardo Roberto
Rolando Segundo Wilfredo Abel Alonso Armando Aurelio Benjamín Christian Edgardo Elías Emilio Ernesto
Fabián Félix Gabriel Genaro Gonzalo Guillermo Héctor Humberto Ignacio Isaac Joel Julio Leonel Marcelo
Mauricio Nicolás Orlando Omar Paolo Rafael Renato Samuel Víctor
"""
WOMEN = """
María Rosa Ana Carmen Luz Julia Elizabeth Gladys Nancy Sonia Silvia Patricia Karina Milagros Diana Jessica
Yesenia Maribel Norma Katherine Flor Liliana Mónica Verónica Sandra Angélica Vanessa Pamela Lucía Janeth
Roxana Giovanna Cinthia Brenda Estefany Fiorella Gloria Hilda Irma Jackeline Lourdes Magaly Marleny Mirtha
Noemí Olga Raquel Susana Teresa Yolanda
"""
WOMEN_SECOND = """
Elena Isabel del_Pilar Luz Milagros del_Carmen Rosario Esther Beatriz Victoria Cecilia Patricia Elizabeth
Mercedes Jesús Lisbeth Angélica Fiorella Soledad Roxana Yaneth Consuelo Margarita Alejandra Vanessa
Guadalupe Paola
"""
CARS = """
Toyota|Yaris
Kia|Rio
Hyundai|Accent
Kia|Soluto
Hyundai|Grand i10
Nissan|Versa
Chevrolet|Sail
Suzuki|Swift
Toyota|Avanza
Suzuki|Dzire
Kia|Picanto
Toyota|Agya
Chevrolet|Onix
Hyundai|Elantra
Toyota|Corolla
Suzuki|Ertiga
Nissan|Sentra
Kia|Cerato
Toyota|Etios
Chevrolet|N300
Renault|Logan
Volkswagen|Gol
Chevrolet|Spark
Changan|New Van
Suzuki|Celerio
Great Wall|Voleex C30
JAC|J4
Chery|Arrizo 3
DFSK|Glory 330
Toyota|Probox
Volkswagen|Voyage
MG|MG3
Mitsubishi|Mirage
BAIC|Plus
Geely|LC
BYD|F0
Daewoo|Tico
"""
CITIES = [
    ("Lima", "Q"),
    ("Arequipa", "H"),
    ("Trujillo", "T"),
    ("Cusco", "Z"),
    ("Chiclayo", "M"),
    ("Piura", "B"),
]
NICKNAMES = {
    "José": "Pepe",
    "Luis": "Lucho",
    "Jesús": "Chucho",
    "Francisco": "Paco",
    "Manuel": "Manolo",
    "Carlos": "Carlitos",
    "Juan": "Juancho",
    "Roberto": "Beto",
    "Enrique": "Quique",
    "Eduardo": "Lalo",
    "Jonathan": "Jhony",
    "Guillermo": "Memo",
    "Rosa": "Rosita",
    "María": "Mary",
}


def peruvian_lexicon() -> Lexicon:
    """The Peruvian lexicon; licences carry a letter of the city that issued them."""
    return Lexicon(
        country="PE",
        calling_code="51",
        surnames=surname_table(SURNAMES, COMPOUND, ROOTS, ENDINGS, tail=0.12, particles=0.02),
        men=word_table(MEN),
        men_second=word_table(MEN_SECOND),
        women=word_table(WOMEN),
        women_second=word_table(WOMEN_SECOND),
        cars=car_table(CARS),
        colors=["Blanco", "Plata", "Gris", "Negro", "Rojo", "Azul", "Beige", "Amarillo"],
        cities=lookup_table(CITIES, [62, 12, 9, 7, 6, 4]),
        nicknames=NICKNAMES,
    )
